const SEPARATE = "p,li,td,th,h2,h3,h4,dt,dd,summary,caption";

interface Place {
  readonly node: Text;
  readonly offset: number;
}

/** Finds words in the texts of the label. Spaces and case do not count: the labels use both as they like. */
class FindInPage extends HTMLElement {
  #input!: HTMLInputElement;
  #count!: HTMLOutputElement;
  #text = "";
  #places: (Place | undefined)[] = [];
  #found: Range[] = [];
  #at = -1;

  connectedCallback(): void {
    this.#input = this.querySelector("input")!;
    this.#count = this.querySelector("output")!;
    const [previous, next] = this.querySelectorAll("button");
    this.#input.addEventListener("input", () => this.#find());
    this.#input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Enter") {
        event.preventDefault();
        this.#go(event.shiftKey ? -1 : 1);
      } else if (event.key === "Escape") {
        this.#input.value = "";
        this.#find();
      }
    });
    previous!.addEventListener("click", () => this.#go(-1));
    next!.addEventListener("click", () => this.#go(1));
  }

  /** All text of the scope without spaces, and for each character where it stands. */
  #read(): void {
    const scope = document.getElementById(this.getAttribute("scope") ?? "");
    if (!scope || this.#places.length) return;
    const walker = document.createTreeWalker(scope, NodeFilter.SHOW_TEXT);
    let block: Element | null = null;
    for (let node = walker.nextNode() as Text | null; node; node = walker.nextNode() as Text | null) {
      const around = node.parentElement!.closest(SEPARATE);
      if (around !== block) this.#put("\n", undefined);
      block = around;
      const { data } = node;
      for (let offset = 0; offset < data.length; offset += 1) {
        const letter = data.charAt(offset);
        if (letter.trim()) this.#put(letter.toLowerCase().charAt(0), { node, offset });
      }
    }
  }

  #put(letter: string, place: Place | undefined): void {
    this.#text += letter;
    this.#places.push(place);
  }

  #find(): void {
    this.#read();
    const word = this.#input.value.replace(/\s/g, "").toLowerCase();
    this.#found = [];
    for (let at = word ? this.#text.indexOf(word) : -1; at >= 0; at = this.#text.indexOf(word, at + word.length)) {
      const first = this.#places[at];
      const last = this.#places[at + word.length - 1];
      if (!first || !last) continue;
      const range = document.createRange();
      range.setStart(first.node, first.offset);
      range.setEnd(last.node, last.offset + 1);
      this.#found.push(range);
    }
    this.#at = -1;
    this.#count.textContent = word && !this.#found.length ? "없음" : "";
    for (const button of this.querySelectorAll("button")) button.disabled = this.#found.length === 0;
    this.#paint();
    if (this.#found.length) this.#go(1, false);
  }

  #go(step: number, move = true): void {
    const count = this.#found.length;
    if (!count) return;
    this.#at = (this.#at + step + count) % count;
    this.#count.textContent = `${this.#at + 1} / ${count}`;
    this.#paint();
    const range = this.#found[this.#at]!;
    const element = range.startContainer.parentElement!;
    for (let fold = element.closest("details"); fold; fold = fold.parentElement!.closest("details")) fold.open = true;
    if (move || !this.#seen(range)) element.scrollIntoView({ block: "center" });
  }

  #seen(range: Range): boolean {
    const { top, bottom } = range.getBoundingClientRect();
    return top > 0 && bottom < innerHeight;
  }

  #paint(): void {
    const now = this.#found[this.#at];
    if (!("highlights" in CSS)) {
      const selection = getSelection();
      selection?.removeAllRanges();
      if (now) selection?.addRange(now);
      return;
    }
    CSS.highlights.set("found", new Highlight(...this.#found.filter((range) => range !== now)));
    CSS.highlights.set("found-now", now ? new Highlight(now) : new Highlight());
  }
}

customElements.define("find-in-page", FindInPage);
