import { say } from "./say";

interface Suggestion {
  readonly item_seq: string;
  readonly name: string;
  readonly maker: string;
  readonly recalled: boolean;
  readonly withdrawn: boolean;
}

const LIMIT = 8;
const WARNING = "M12 4 2.8 19.5h18.4zM12 10v4.5M12 17v.2";
const SVG = "http://www.w3.org/2000/svg";

/** Sign, word and colour, as the lists of products show it. */
function danger(word: string): HTMLElement {
  const sign = document.createElementNS(SVG, "svg");
  sign.setAttribute("class", "icon");
  sign.setAttribute("viewBox", "0 0 24 24");
  sign.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", WARNING);
  sign.append(path);
  const badge = document.createElement("span");
  badge.className = "badge danger";
  badge.append(sign, word);
  return badge;
}

/** An ARIA combobox over a plain search field: suggestions at every keystroke, also inside a syllable. */
class SearchBox extends HTMLElement {
  #input!: HTMLInputElement;
  #list!: HTMLUListElement;
  #asked: AbortController | undefined;
  #known = new Map<string, readonly Suggestion[]>();
  #at = -1;

  connectedCallback(): void {
    if (this.#input) return;
    this.#input = this.querySelector("input")!;
    this.#list = this.querySelector("ul")!;
    const attributes = {
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": this.#list.id,
    };
    for (const [name, value] of Object.entries(attributes)) this.#input.setAttribute(name, value);

    // No waiting for compositionend: 타이ㄹ already means something.
    this.#input.addEventListener("input", () => void this.#suggest());
    this.#input.addEventListener("keydown", (event) => this.#key(event));
    this.#input.addEventListener("blur", () => this.#close());
    this.#input.form?.addEventListener("submit", () => this.#close());
    // The press must not take the focus, or the list would close before the click arrives.
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#list.addEventListener("click", (event) => {
      const option = (event.target as Element).closest<HTMLElement>("li");
      if (option) this.#choose(option);
    });
  }

  get #options(): HTMLElement[] {
    return [...this.#list.children] as HTMLElement[];
  }

  async #suggest(): Promise<void> {
    this.#asked?.abort();
    const query = this.#input.value.trim();
    if (!query) {
      this.#close();
      return;
    }
    const asked = (this.#asked = new AbortController());
    try {
      const items = this.#known.get(query) ?? (await this.#ask(query, asked.signal));
      this.#known.set(query, items);
      if (!asked.signal.aborted) this.#draw(items);
    } catch (error) {
      // Suggestions are a help: without them the field still searches.
      if (!asked.signal.aborted) this.#close();
      if (!(error instanceof TypeError || error instanceof DOMException)) throw error;
    }
  }

  async #ask(query: string, signal: AbortSignal): Promise<readonly Suggestion[]> {
    const address = `/api/v1/products/suggest?${new URLSearchParams({ q: query, limit: String(LIMIT) })}`;
    const response = await fetch(address, { signal, headers: { Accept: "application/json" } });
    if (!response.ok) return [];
    return ((await response.json()) as { items: readonly Suggestion[] }).items;
  }

  #draw(items: readonly Suggestion[]): void {
    if (document.activeElement !== this.#input || items.length === 0) {
      this.#close();
      return;
    }
    this.#list.replaceChildren(...items.map((item, index) => this.#option(item, index)));
    this.#list.hidden = false;
    this.#input.setAttribute("aria-expanded", "true");
    this.#mark(-1);
    say(`추천 ${items.length}개. 위아래 화살표로 고릅니다.`);
  }

  #option({ item_seq, name, maker, recalled, withdrawn }: Suggestion, index: number): HTMLLIElement {
    const option = document.createElement("li");
    option.id = `${this.#list.id}-${index}`;
    option.role = "option";
    option.ariaSelected = "false";
    option.dataset["item"] = item_seq;
    const small = document.createElement("small");
    small.textContent = maker;
    option.append(name, small);
    if (recalled) option.append(danger("회수·판매중지"));
    if (withdrawn) option.append(danger("허가가 끝난 약"));
    return option;
  }

  #key(event: KeyboardEvent): void {
    // While a syllable is composed the keys belong to the input method. 229: Safari's word for it.
    if (event.isComposing || event.keyCode === 229) {
      if (event.key === "Enter") event.preventDefault();
      return;
    }
    const open = !this.#list.hidden;
    const count = this.#list.childElementCount;
    if (event.key === "ArrowDown" && !open) void this.#suggest();
    else if (event.key === "ArrowDown" && open) this.#mark(this.#at + 1 >= count ? -1 : this.#at + 1);
    else if (event.key === "ArrowUp" && open) this.#mark(this.#at < 0 ? count - 1 : this.#at - 1);
    else if (event.key === "Enter" && open && this.#at >= 0) this.#choose(this.#options[this.#at]!);
    else if (event.key === "Escape" && open) this.#close();
    else return;
    event.preventDefault();
  }

  #mark(index: number): void {
    this.#at = index;
    this.#options.forEach((option, at) => {
      option.ariaSelected = String(at === index);
      if (at === index) option.scrollIntoView({ block: "nearest" });
    });
    if (index < 0) this.#input.removeAttribute("aria-activedescendant");
    else this.#input.setAttribute("aria-activedescendant", this.#options[index]!.id);
  }

  #choose(option: HTMLElement): void {
    this.#close();
    const address = this.getAttribute("choose") ?? "/products/{item}";
    location.assign(address.replace("{item}", option.dataset["item"] ?? ""));
  }

  #close(): void {
    this.#asked?.abort();
    this.#list.hidden = true;
    this.#list.replaceChildren();
    this.#input.setAttribute("aria-expanded", "false");
    this.#mark(-1);
  }
}

customElements.define("search-box", SearchBox);
