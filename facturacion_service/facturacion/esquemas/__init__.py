"""What views take and answer."""
