Redoc.init("/openapi.json", { disableGoogleFont: true, hideDownloadButton: false, requiredPropsFirst: true },
  document.getElementById("redoc"));
