// "Jo is writing here just now": asks every 20 s while the page can be seen, and says so of this page too
// once somebody types. Without it (or without Valkey) nothing is shown.
//
//   <p data-presence="/st-marys/incidents/7/presence" role="status" hidden>…</p>
//   data-writes     the page is a form that somebody has opened to write

const EVERY_MS = 20_000

export function tellWhoWrites() {
  const note = document.querySelector("[data-presence]")
  if (!note) return
  const form = document.querySelector("form.desk-note-form")
  form?.addEventListener("input", () => writesNow(note))
  setInterval(() => {
    if (document.visibilityState === "visible") ask(note)
  }, EVERY_MS)
}

function writesNow(note) {
  if (note.hasAttribute("data-writes")) return
  note.setAttribute("data-writes", "")
  ask(note)
}

async function ask(note) {
  const address = note.dataset.presence + (note.hasAttribute("data-writes") ? "?writes=1" : "")
  try {
    const answer = await fetch(address, {
      headers: { "X-Deskbell-Polling": "1", Accept: "application/json" },
      cache: "no-store",
      credentials: "same-origin",
      signal: AbortSignal.timeout(10_000),
    })
    if (!answer.ok || answer.redirected) return
    const { said } = await answer.json()
    if (note.textContent !== said) note.textContent = said
    note.hidden = !said
  } catch {
    // Nobody misses it.
  }
}
