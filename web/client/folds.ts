// An anchor within what is folded opens it, in browsers that do not do so themselves.
function unfold(): void {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const fold = target?.closest<HTMLDetailsElement>("details:not([open])");
  if (!fold) return;
  fold.open = true;
  target?.scrollIntoView();
}

addEventListener("hashchange", unfold);
unfold();
