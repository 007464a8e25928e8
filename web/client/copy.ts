// Links to text copy it, and say so in their menu; a button prints.
import { onLink, shape } from "./page";

const SHOWN_MS = 4000;
let clearing = 0;

function clear(): void {
  clearTimeout(clearing);
  for (const region of document.querySelectorAll(".copied")) region.replaceChildren();
}

async function textOf(address: string): Promise<Blob> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(String(response.status));
  return new Blob([await response.text()], { type: "text/plain" });
}

async function copy(link: HTMLAnchorElement): Promise<void> {
  // Emptied first, so that the same words are said again.
  clear();
  let outcome = "copied-shape";
  try {
    // The promise goes in as it is: some browsers forget the click while one waits.
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": textOf(link.href) })]);
  } catch {
    outcome = "not-copied-shape";
  }
  // The region is there before it speaks: one that comes with its words is passed over by some.
  const region = link.closest(".take")?.querySelector(".copied");
  if (!region) return;
  region.textContent = shape(outcome).textContent;
  clearing = setTimeout(clear, SHOWN_MS);
}

onLink("data-copy", (link, event) => {
  if (!("clipboard" in navigator)) return;
  event.preventDefault();
  void copy(link);
});

document.addEventListener("click", (event) => {
  if (event.target instanceof Element && event.target.closest("[data-print]")) print();
});
