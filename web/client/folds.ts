// Sections fold: an anchor opens its own, a button all of them, and paper shows every one.
const FOLDS = "details:is(.fold, .folded)";

function shut(root: ParentNode): HTMLDetailsElement[] {
  return [...root.querySelectorAll<HTMLDetailsElement>(`${FOLDS}:not([open])`)];
}

/** Open what an anchor points into, in browsers that do not do so themselves. */
function unfold(): void {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const fold = target?.closest<HTMLDetailsElement>("details:not([open])");
  if (!fold) return;
  fold.open = true;
  target?.scrollIntoView();
}

/** What a button opens and closes: all sections beside it. */
function beside(button: Element): HTMLElement | null {
  return button.closest<HTMLElement>(".unfold")?.parentElement ?? null;
}

/** Let a button say what it does next. */
function relabel(button: HTMLElement, opens: boolean): void {
  const { open, close } = button.dataset;
  button.dataset["open"] = open ?? button.textContent ?? "";
  button.textContent = (opens ? button.dataset["open"] : close) ?? "";
}

document.addEventListener("click", ({ target }) => {
  const button = target instanceof Element ? target.closest("[data-unfold]") : null;
  const root = button && beside(button);
  if (!root) return;
  const open = shut(root).length > 0;
  for (const fold of root.querySelectorAll<HTMLDetailsElement>(FOLDS)) fold.open = open;
});

// The event of a section does not bubble.
document.addEventListener(
  "toggle",
  ({ target }) => {
    if (!(target instanceof Element) || !target.matches(FOLDS)) return;
    for (const button of document.querySelectorAll<HTMLElement>("[data-unfold]")) {
      const root = beside(button);
      if (root?.contains(target)) relabel(button, shut(root).length > 0);
    }
  },
  { capture: true },
);

// The style sheet unfolds on paper where a browser lets it; everywhere else this does.
let printed: HTMLDetailsElement[] = [];
addEventListener("beforeprint", () => {
  printed = CSS.supports("selector(::details-content)") ? [] : shut(document);
  for (const fold of printed) fold.open = true;
});
addEventListener("afterprint", () => {
  for (const fold of printed) fold.open = false;
});

addEventListener("hashchange", unfold);
unfold();
