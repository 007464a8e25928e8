// Feedback is sent without leaving the answer.
import { nameless, read, unreachable } from "./page";

async function send(form: HTMLFormElement): Promise<void> {
  form.querySelector(".problem")?.remove();
  try {
    const fields = [...new FormData(form)].map(([name, value]) => [name, String(value)]);
    const [page, response] = await read(form.action, {
      method: "POST",
      body: new URLSearchParams(fields),
    });
    const again = page.querySelector<HTMLFormElement>("form.feedback");
    const said = document.createElement("div");
    said.className = "said";
    said.tabIndex = -1;
    if (again) {
      said.append(...page.querySelectorAll("main > .note"), again);
    } else {
      const thanks = page.querySelector("main");
      thanks?.querySelectorAll("a[href*='?']").forEach((link) => link.parentElement?.remove());
      const title = document.createElement("p");
      title.className = response.ok ? "thanks" : "problem";
      title.textContent = page.querySelector("h1")?.textContent ?? "";
      thanks?.querySelector("h1")?.replaceWith(title);
      said.append(...nameless(thanks ?? page.body).children);
    }
    form.replaceWith(said);
    said.focus();
  } catch {
    form.prepend(unreachable(() => form.requestSubmit()));
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.matches("#conversation form.feedback")) return;
  event.preventDefault();
  void send(form);
});
