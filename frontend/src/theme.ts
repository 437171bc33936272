// Blocks the first paint for a moment, so that the page never shows the wrong colours or a control that
// cannot work: it says that scripts run, and which of light and dark the reader chose.
document.documentElement.classList.add("js");
try {
  const chosen = localStorage.getItem("pillnuts.theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset["theme"] = chosen;
} catch {
  // Storage is closed to us (private mode, policy): the device decides.
}
