/** Marks in the list of contents where the reader is. */
export function watchContents(): void {
  const links = [...document.querySelectorAll<HTMLAnchorElement>(".contents .row a[href^='#']")];
  if (!links.length) return;
  const parts = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
  const look = (): void => {
    let current = -1;
    parts.forEach((part, index) => {
      if (part && part.getBoundingClientRect().top < innerHeight * 0.35) current = index;
    });
    links.forEach((link, index) => {
      if (index === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
  };
  let waiting = false;
  addEventListener(
    "scroll",
    () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        look();
      });
    },
    { passive: true },
  );
  look();
}

/** A fold opens when somebody is sent to what is in it. */
export function openTarget(): void {
  const open = (): void => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const fold = target && (target.closest("details") ?? target.querySelector(":scope > details"));
    if (fold) fold.open = true;
  };
  addEventListener("hashchange", open);
  open();
}

/** Paper cannot be tapped: folds open for printing, and close again. */
export function openForPrint(): void {
  let opened: HTMLDetailsElement[] = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll<HTMLDetailsElement>("main details:not([open])")];
    for (const fold of opened) fold.open = true;
  });
  addEventListener("afterprint", () => {
    for (const fold of opened) fold.open = false;
  });
}

/** A table of the label that is wider than the screen can be moved with the arrow keys. */
export function reachWideTables(): void {
  for (const table of document.querySelectorAll<HTMLElement>(".label-text table")) {
    // Folded ones have no width yet: reaching a table that needs no moving harms nobody.
    if (table.clientWidth === 0 || table.scrollWidth > table.clientWidth) table.tabIndex = 0;
  }
}
