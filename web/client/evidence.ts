// The evidence opens above the answer, and closes to where one was.
import { nameless, onLink, read } from "./page";

const dialog = document.querySelector<HTMLDialogElement>("dialog#evidence");

async function open(link: HTMLAnchorElement, into: HTMLDialogElement): Promise<void> {
  try {
    const [page, response] = await read(link.href);
    const content = page.querySelector<HTMLElement>("[data-content]");
    if (!response.ok || !content) throw new Error(String(response.status));
    into.querySelector("[data-content]")?.replaceWith(nameless(content));
    into.showModal();
  } catch {
    location.assign(link.href);
  }
}

if (dialog) {
  onLink("data-evidence", (link, event) => {
    event.preventDefault();
    void open(link, dialog);
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
}
