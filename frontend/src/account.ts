/** Shows what is typed as a password, and hides it again before it is sent. */
class PasswordField extends HTMLElement {
  connectedCallback(): void {
    const input = this.querySelector("input")!;
    const button = this.querySelector("button")!;
    const show = (shown: boolean): void => {
      input.type = shown ? "text" : "password";
      button.ariaPressed = String(shown);
      button.textContent = shown ? "숨기기" : "보기";
    };
    button.addEventListener("click", () => show(input.type === "password"));
    input.form?.addEventListener("submit", () => show(false));
  }
}

/** Says the minutes and seconds that are left; they were there as a time of day before. */
class CountDown extends HTMLElement {
  connectedCallback(): void {
    const end = performance.now() + Number(this.dataset["left"]) * 1000;
    const tick = (): void => {
      const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
      const seconds = String(left % 60).padStart(2, "0");
      this.textContent = left ? `${Math.floor(left / 60)}:${seconds} 남았습니다.` : (this.dataset["over"] ?? "");
      if (!left) clearInterval(timer);
    };
    const timer = setInterval(tick, 1000);
    tick();
  }
}

customElements.define("password-field", PasswordField);
customElements.define("count-down", CountDown);

/** A form that is pressed twice is sent once: a second message would cost money and be refused. */
export function sendOnce(): void {
  const sent = new WeakSet<HTMLFormElement>();
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (!("once" in form.dataset)) return;
    if (sent.has(form)) event.preventDefault();
    sent.add(form);
    setTimeout(() => sent.delete(form), 5000);
  });
  // A page that comes back whole is a page that was not sent.
  addEventListener("pageshow", (event) => {
    if (event.persisted) for (const form of document.forms) sent.delete(form);
  });
}
