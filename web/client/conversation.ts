// Questions are answered in place, piece by piece. The address names the conversation, as it
// does without JavaScript; this tab remembers it, and nothing else does.
import { createParser } from "eventsource-parser";
import { ready, write } from "./field";
import { restoreLanguages } from "./languages";
import { nameless, onLink, read, say, shape, unreachable } from "./page";

const KEY = "ccs-qa.conversation";

interface Done {
  address: string;
  announcement: string;
  asked_in: string;
  following: string[];
  title: string;
}

class Conversation {
  private running: AbortController | null = null;
  private shown = location.search;

  constructor(
    private readonly form: HTMLFormElement,
    private readonly field: HTMLTextAreaElement,
    private readonly thread: HTMLElement,
  ) {}

  start(): void {
    const kept = sessionStorage.getItem(KEY);
    if (new URLSearchParams(location.search).has("q")) sessionStorage.setItem(KEY, location.search);
    else if (kept) this.offer(kept);
    ready(this.field, this.form);
    restoreLanguages(this.thread);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      const fields = [...new FormData(this.form)].map(([name, value]) => [name, String(value)]);
      void this.ask(new URLSearchParams(fields));
    });
    onLink("data-ask", (link, event) => {
      event.preventDefault();
      void this.ask(new URL(link.href).searchParams);
    });
    onLink("data-clear", () => sessionStorage.removeItem(KEY));
    // Links within the page fire the same event.
    addEventListener("popstate", () => {
      if (location.search !== this.shown) location.reload();
    });
    this.unfold(this.thread);
  }

  /** Offer the conversation that this tab remembers; nobody is taken back unasked. */
  private offer(kept: string): void {
    const offered = document.getElementById("resume");
    const link = offered?.querySelector("a");
    if (!offered || !link) return;
    link.href = location.pathname + kept;
    link.textContent = new URLSearchParams(kept).get("q");
    offered.hidden = false;
  }

  /** Ask, and show each piece of the answer as it comes. */
  private async ask(asked: URLSearchParams): Promise<void> {
    // Links hold the choice of their time; what is ticked now counts.
    const box = this.form.querySelector<HTMLInputElement>("input[name=wording]");
    if (box?.checked) asked.set(box.name, box.value);
    else asked.delete("wording");
    this.running?.abort();
    const running = (this.running = new AbortController());
    const typed = this.field.value;
    if (typed === asked.get("q")) write(this.field, "");
    const turn = this.open(asked.get("q") ?? "");
    const wait = turn.querySelector<HTMLElement>(".wait") ?? turn;
    const again = () => void this.ask(asked);
    let ended = false;
    const parser = createParser({
      onEvent: ({ event, data }) => {
        if (event === "done") this.close(turn, JSON.parse(data) as Done);
        else wait.insertAdjacentHTML("beforebegin", data);
        restoreLanguages(turn);
        wait.hidden ||= event !== "query";
        ended ||= event === "done" || event === "error";
      },
    });
    try {
      const answer = await fetch(`${this.form.dataset["stream"]}?${asked}`, {
        signal: running.signal,
      });
      if (answer.ok && answer.body) {
        const text = answer.body.pipeThrough(new TextDecoderStream()).getReader();
        for (let piece = await text.read(); !piece.done; piece = await text.read()) {
          parser.feed(piece.value);
        }
        if (!ended) throw new Error("the stream broke off");
      } else {
        turn.append(problemOf(await answer.text()));
      }
    } catch {
      if (running.signal.aborted) return;
      turn.append(unreachable(again));
    }
    wait.remove();
    turn.removeAttribute("aria-busy");
    const problem = turn.querySelector(".problem");
    if (problem && !this.field.value) write(this.field, typed);
    if (problem) say(problem.textContent?.trim().replace(/\s+/g, " ") ?? "");
  }

  private open(question: string): HTMLElement {
    const turn = shape("turn-shape");
    const title = turn.querySelector("[data-question]");
    if (title) title.textContent = question;
    this.thread.replaceChildren(turn);
    // The next question is asked below the answer to this one.
    this.thread.after(this.form);
    turn.scrollIntoView();
    // The keyboard and the screen reader go on from the question; a phone folds its keyboard.
    turn.querySelector("h2")?.focus({ preventScroll: true });
    document.getElementById("resume")?.setAttribute("hidden", "");
    document.getElementById("examples-of-questions")?.setAttribute("hidden", "");
    document.getElementById("new")?.removeAttribute("hidden");
    say("");
    return turn;
  }

  private close(turn: HTMLElement, done: Done): void {
    this.running = null;
    document.title = done.title;
    turn.querySelector("[data-question]")?.setAttribute("lang", done.asked_in);
    const search = new URL(done.address, location.href).search;
    this.shown = search;
    if (search !== location.search) history.pushState(null, "", done.address);
    sessionStorage.setItem(KEY, search);
    for (const old of this.form.querySelectorAll("input[name=h]")) old.remove();
    for (const question of done.following) {
      const kept = document.createElement("input");
      Object.assign(kept, { type: "hidden", name: "h", value: question });
      this.form.append(kept);
    }
    const label = this.form.querySelector("label");
    if (label) label.textContent = label.dataset["followup"] ?? label.textContent;
    const toggle = document.querySelector<HTMLAnchorElement>(".toggle a");
    if (toggle) toggle.search = search;
    this.unfold(turn);
    say(done.announcement);
  }

  /** Let earlier answers be read where one is. */
  private unfold(turn: HTMLElement): void {
    for (const link of turn.querySelectorAll<HTMLAnchorElement>(".earlier a")) {
      const fold = document.createElement("details");
      const title = document.createElement("summary");
      title.lang = link.lang;
      title.textContent = link.textContent;
      fold.append(title);
      fold.addEventListener("toggle", () => {
        if (fold.open && fold.childElementCount === 1) void unfolded(fold, link.href);
      });
      link.replaceWith(fold);
    }
  }
}

async function unfolded(fold: HTMLDetailsElement, address: string): Promise<void> {
  try {
    const [page] = await read(address);
    const turn = page.querySelector<HTMLElement>(".turn");
    if (!turn) throw new Error("no answer");
    for (const item of turn.querySelectorAll("h2, .switch, .say, .earlier")) item.remove();
    fold.append(nameless(turn));
  } catch {
    fold.append(
      unreachable(() => {
        fold.querySelector(".problem")?.remove();
        void unfolded(fold, address);
      }),
    );
  }
}

/** Take the words of an error out of its page. */
function problemOf(text: string): HTMLElement {
  const page = new DOMParser().parseFromString(text, "text/html");
  const problem = document.createElement("div");
  problem.className = "problem";
  const title = document.createElement("h3");
  title.textContent = page.querySelector("h1")?.textContent ?? "";
  problem.append(title, ...page.querySelectorAll("[data-problem] > p"));
  return problem;
}

const form = document.querySelector<HTMLFormElement>("form#ask");
const field = form?.querySelector<HTMLTextAreaElement>("#q");
const thread = document.getElementById("conversation");
if (form && field && thread) new Conversation(form, field, thread).start();
