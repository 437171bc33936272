/** The last line on paper: the whole address, with the host the reader used, and the day of printing. */
export function completeFoot(): void {
  const address = document.querySelector("[data-address]");
  const printed = document.querySelector("[data-printed]");
  if (!address || !printed) return;
  address.textContent = new URL(address.textContent ?? "", location.href).href;
  const date = (): void => {
    printed.textContent = `· 인쇄한 날 ${new Date().toLocaleDateString("ko-KR", { dateStyle: "long" })}`;
  };
  addEventListener("beforeprint", date);
  date();
}
