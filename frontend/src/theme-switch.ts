const KEY = "pillnuts.theme";

/** Device, light or dark. theme.ts applies what is remembered before the first paint. */
class ThemeSwitch extends HTMLElement {
  connectedCallback(): void {
    const now = document.documentElement.dataset["theme"] ?? "";
    for (const radio of this.querySelectorAll<HTMLInputElement>("input")) {
      radio.checked = radio.value === now;
      radio.addEventListener("change", () => this.#choose(radio.value));
    }
  }

  #choose(value: string): void {
    if (value) document.documentElement.dataset["theme"] = value;
    else delete document.documentElement.dataset["theme"];
    try {
      if (value) localStorage.setItem(KEY, value);
      else localStorage.removeItem(KEY);
    } catch {
      // Storage is closed to us: the choice lasts for this page.
    }
  }
}

customElements.define("theme-switch", ThemeSwitch);
