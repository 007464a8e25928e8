// The field of a question: it grows with what is typed, counts near its limit, and Enter asks.
const NEAR = 0.8;

export function ready(field: HTMLTextAreaElement, form: HTMLFormElement): void {
  const most = field.maxLength;
  const counter = document.getElementById("length");
  const number = counter?.querySelector("[data-length]");
  const written = new Intl.NumberFormat(`${document.documentElement.lang}-CA`);
  // What is pasted stands whole, to be shortened by who pasted it.
  field.removeAttribute("maxlength");
  field.addEventListener("input", () => {
    const length = field.value.trim().length;
    if (counter) counter.hidden = length < NEAR * most;
    if (number) number.textContent = written.format(length);
    field.setCustomValidity(length > most ? (field.dataset["long"] ?? "") : "");
    if (CSS.supports("field-sizing", "content")) return;
    field.style.height = "auto";
    field.style.height = `${field.offsetHeight - field.clientHeight + field.scrollHeight}px`;
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
}

/** Put words into the field as if they were typed. */
export function write(field: HTMLTextAreaElement, text: string): void {
  field.value = text;
  field.dispatchEvent(new Event("input"));
}
