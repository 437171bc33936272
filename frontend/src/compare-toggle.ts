import { boxed, LIMIT, onBox, toggle } from "./box";
import { say } from "./say";

/** Without scripts a link to the compare page; with them a button of the same size that fills the box. */
class CompareToggle extends HTMLElement {
  #gone = new AbortController();

  connectedCallback(): void {
    this.#gone = new AbortController();
    const link = this.querySelector("a");
    if (link) this.#become(link);
    const button = this.querySelector("button");
    if (!button) return;
    const item = this.getAttribute("item") ?? "";
    const name = this.getAttribute("name") ?? "";
    button.addEventListener("click", () => this.#press(item, name), { signal: this.#gone.signal });
    onBox(() => {
      // The words of the button change with its state, so no aria-pressed beside them.
      button.toggleAttribute("data-in", boxed().some((product) => product.item === item));
    }, this.#gone.signal);
  }

  disconnectedCallback(): void {
    this.#gone.abort();
  }

  #become(link: HTMLAnchorElement): void {
    const button = document.createElement("button");
    button.type = "button";
    button.className = link.className;
    button.append(...link.childNodes);
    link.replaceWith(button);
  }

  #press(item: string, name: string): void {
    if (!toggle({ item, name })) {
      document.dispatchEvent(new Event("pillnuts:full"));
      return;
    }
    const products = boxed();
    const added = products.some((product) => product.item === item);
    say(`${name} ${added ? "담았습니다" : "뺐습니다"}. 보관함 ${products.length}개, ${LIMIT}개까지 담을 수 있습니다.`);
  }
}

customElements.define("compare-toggle", CompareToggle);
