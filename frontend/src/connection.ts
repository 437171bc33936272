/** Says so while the device has no connection. */
export function watchConnection(): void {
  const line = document.getElementById("offline");
  if (!line) return;
  const look = (): void => {
    line.hidden = navigator.onLine;
  };
  addEventListener("online", look);
  addEventListener("offline", look);
  look();
}
