const EVERY = 3000;

/** A page that says “not yet” opens again by itself as soon as the service is ready. */
export function openWhenReady(): void {
  if (!document.querySelector("[data-again]")) return;
  const ask = async (): Promise<void> => {
    const ready = await fetch("/readyz").then(
      (response) => response.ok,
      () => false,
    );
    if (ready) location.reload();
    else setTimeout(() => void ask(), EVERY);
  };
  setTimeout(() => void ask(), EVERY);
}
