// The page around the frame (embed.js there): opened, closed, asked from there; nothing else passes.

const host = window.parent === window ? null : window.parent;
let isOpen = !host;
let theirs = "*"; // the page's origin, once it has spoken; until then only "ready" is said

/** Whether somebody looks at the chat. */
export const isShown = () => isOpen;

export const isFramed = host !== null;

/** Tell the page: `close`, or `unread`. */
export function tell(type) {
  host?.postMessage({ type }, theirs);
}

/** Listen to the page, which may be any that frame-ancestors lets in. */
export function listen({ open, ask }) {
  if (!host) return;
  addEventListener("message", ({ source, origin, data }) => {
    if (source !== host) return;
    theirs = origin;
    if (data?.type === "open") {
      isOpen = true;
      open();
    } else if (data?.type === "close") {
      isOpen = false;
    } else if (data?.type === "ask" && typeof data.text === "string") {
      ask(data.text);
    }
  });
  tell("ready");
}
