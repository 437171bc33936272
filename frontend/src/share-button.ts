import { say } from "./say";

/** Shares the address of the page where the device can, copies it where it cannot. */
class ShareButton extends HTMLElement {
  connectedCallback(): void {
    this.querySelector("button")!.addEventListener("click", () => void this.#share());
  }

  async #share(): Promise<void> {
    const url = document.querySelector<HTMLLinkElement>("link[rel=canonical]")?.href ?? location.href;
    try {
      if ("share" in navigator) await navigator.share({ title: document.title, url });
      else await this.#copy(url);
    } catch (error) {
      // The reader closed the sheet: nothing to say.
      if (error instanceof DOMException && error.name === "AbortError") return;
      await this.#copy(url);
    }
  }

  async #copy(url: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(url);
    } catch {
      prompt("아래 주소를 복사해 주세요.", url);
      return;
    }
    say("주소를 복사했습니다.");
    const button = this.querySelector("button")!;
    button.setAttribute("data-in", "");
    setTimeout(() => button.removeAttribute("data-in"), 2500);
  }
}

/** Prints the page. */
class PrintButton extends HTMLElement {
  connectedCallback(): void {
    this.querySelector("button")!.addEventListener("click", () => print());
  }
}

customElements.define("share-button", ShareButton);
customElements.define("print-button", PrintButton);
