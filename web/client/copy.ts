// Links to text become buttons that copy it.
import { onLink, shape } from "./page";

const SHOWN_MS = 4000;

async function textOf(address: string): Promise<Blob> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(String(response.status));
  return new Blob([await response.text()], { type: "text/plain" });
}

async function copy(link: HTMLAnchorElement): Promise<void> {
  let outcome = "copied-shape";
  try {
    // The promise goes in as it is: some browsers forget the click while one waits.
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": textOf(link.href) })]);
  } catch {
    outcome = "not-copied-shape";
  }
  const note = shape(outcome);
  link.parentElement?.querySelector(".copied")?.remove();
  link.after(note);
  setTimeout(() => note.remove(), SHOWN_MS);
}

onLink("data-copy", (link, event) => {
  if (!("clipboard" in navigator)) return;
  event.preventDefault();
  void copy(link);
});
