// Runs before the first paint, so that the page never shows in the wrong colours.
(() => {
  let theme = null;
  try {
    theme = localStorage.getItem("donovan-theme");
  } catch {
    // Storage may be switched off; the colours then follow the system.
  }
  if (theme === "light" || theme === "dark") {
    document.documentElement.dataset.theme = theme;
  }
})();
