// Feedback is sent without leaving the answer.
import { nameless, read, unreachable } from "./page";

async function send(form: HTMLFormElement, pressed: HTMLElement | null): Promise<void> {
  form.querySelector(".problem")?.remove();
  try {
    const fields = [...new FormData(form, pressed)].map(([name, value]) => [name, String(value)]);
    const [page, response] = await read(form.action, {
      method: "POST",
      body: new URLSearchParams(fields as [string, string][]),
    });
    const title = document.createElement("p");
    title.className = response.ok ? "thanks" : "problem";
    title.textContent = page.querySelector("h1")?.textContent ?? "";
    const said = document.createElement("div");
    said.className = "said";
    said.tabIndex = -1;
    said.append(title, ...page.querySelectorAll("main > .note"));
    const next = page.querySelector<HTMLFormElement>("form.feedback");
    const kept = page.querySelector("main");
    if (next) {
      said.append(next);
    } else if (kept) {
      kept.querySelectorAll("a[href*='?']").forEach((link) => link.parentElement?.remove());
      kept.querySelector("h1")?.remove();
      said.append(...nameless(kept).children);
    }
    (form.closest(".said") ?? form).replaceWith(said);
    said.focus();
  } catch {
    form.prepend(unreachable(() => form.requestSubmit(pressed)));
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.matches("#conversation form.feedback")) return;
  event.preventDefault();
  void send(form, event.submitter);
});
