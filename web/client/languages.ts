// Which languages of the quotes are shown beside each other, remembered by this browser.
const KEY = "ccs-qa.quotes";

/** Choose again what was chosen last. */
export function restoreLanguages(root: ParentNode): void {
  const kept = localStorage.getItem(KEY);
  for (const choice of root.querySelectorAll<HTMLInputElement>("input[name=quotes]")) {
    if (kept) choice.checked = choice.value === kept;
  }
}

document.addEventListener("change", ({ target }) => {
  if (target instanceof HTMLInputElement && target.name === "quotes") {
    localStorage.setItem(KEY, target.value);
  }
});
