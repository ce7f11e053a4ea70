"""Pictures that the service draws by itself, as SVG."""
