/** Tells a screen reader, without moving it. The same sentence twice is said twice. */
export function say(sentence: string): void {
  const region = document.getElementById("said");
  if (!region) return;
  region.textContent = "";
  requestAnimationFrame(() => {
    region.textContent = sentence;
  });
}
