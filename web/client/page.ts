// What the other modules share: words come from the page, pieces from the server.

/** Copy what a `<template>` of the page holds. */
export function shape(id: string): HTMLElement {
  const template = document.querySelector<HTMLTemplateElement>(`template#${id}`);
  const found = template?.content.firstElementChild?.cloneNode(true);
  if (!(found instanceof HTMLElement)) throw new Error(`no template ${id}`);
  return found;
}

/** Say something once to those who listen. */
export function say(text: string): void {
  const region = document.getElementById("said");
  if (region) region.textContent = text;
}

/** Handle clicks on links that carry an attribute, unless another tab or a file is wanted. */
export function onLink(
  attribute: string,
  handle: (link: HTMLAnchorElement, event: MouseEvent) => void,
): void {
  document.addEventListener("click", (event) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const target = event.target instanceof Element ? event.target : null;
    const link = target?.closest<HTMLAnchorElement>(`a[${attribute}]`);
    if (link) handle(link, event);
  });
}

/** Read a page of ours. */
export async function read(address: string, init?: RequestInit): Promise<[Document, Response]> {
  const response = await fetch(address, init);
  return [new DOMParser().parseFromString(await response.text(), "text/html"), response];
}

/** Take the names out of a copy, so that no name stands twice on a page. */
export function nameless(root: HTMLElement): HTMLElement {
  for (const item of [root, ...root.querySelectorAll("[id], [aria-labelledby]")]) {
    item.removeAttribute("id");
    item.removeAttribute("aria-labelledby");
  }
  return root;
}

/** Show that the service cannot be reached, with a button that tries again. */
export function unreachable(retry: () => void): HTMLElement {
  const problem = shape("offline-shape");
  problem.querySelector("[data-retry]")?.addEventListener("click", retry);
  return problem;
}
