// The compare box: up to four products, kept in the browser, the same in every tab.

export interface Boxed {
  readonly item: string;
  readonly name: string;
}

export const LIMIT = 4;

const KEY = "pillnuts.box";
const changed = new EventTarget();
let memory: readonly Boxed[] = [];

function isBoxed(value: unknown): value is Boxed {
  const { item, name } = (value ?? {}) as Partial<Boxed>;
  return typeof item === "string" && /^\d{9}$/.test(item) && typeof name === "string";
}

/** What is in the box. Where storage is closed to us, the box lasts as long as the page. */
export function boxed(): readonly Boxed[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(stored) ? stored.filter(isBoxed).slice(0, LIMIT) : [];
  } catch {
    return memory;
  }
}

function keep(products: readonly Boxed[]): void {
  memory = products;
  try {
    localStorage.setItem(KEY, JSON.stringify(products));
  } catch {
    // See boxed().
  }
  changed.dispatchEvent(new Event("change"));
}

/** Puts a product in, or takes it out. False: the box is full. */
export function toggle(product: Boxed): boolean {
  const before = boxed();
  const after = before.filter(({ item }) => item !== product.item);
  if (after.length === before.length) {
    if (before.length >= LIMIT) return false;
    after.push(product);
  }
  keep(after);
  return true;
}

/** Puts in what is not there yet, as far as there is room. */
export function putIn(products: readonly Boxed[]): void {
  const before = boxed();
  const more = products.filter(({ item }) => before.every((product) => product.item !== item));
  if (more.length) keep([...before, ...more].slice(0, LIMIT));
}

export function takeOut(item: string): void {
  const before = boxed();
  const after = before.filter((product) => product.item !== item);
  if (after.length < before.length) keep(after);
}

export function compareAddress(products: readonly Boxed[]): string {
  return products.length ? `/compare?items=${products.map(({ item }) => item).join(",")}` : "/compare";
}

/** Calls back now and at every change, in this tab or another, until the signal says stop. */
export function onBox(callback: () => void, signal?: AbortSignal): void {
  const options = signal ? { signal } : {};
  changed.addEventListener("change", callback, options);
  addEventListener("storage", (event) => (event.key === KEY || event.key === null) && callback(), options);
  // A page that comes back from the back-forward cache heard nothing while it was away.
  addEventListener("pageshow", (event) => event.persisted && callback(), options);
  callback();
}
