// A list that keeps itself fresh: asks every 15 s while it can be seen, and changes only what changed.
//
//   <div id="queue" data-refresh data-etag='"…"'>   the list; it needs an id, and so does each row in it
//   data-refresh="/la/queue?…"     where to ask; empty means this page's own address, filters and all
//   data-refresh-seconds="15"      how often
//   [data-refresh-note]            role="status"; says when refreshing stopped or goes on again
//
// The request carries HX-Request: true, X-Deskbell-Polling (it keeps no session alive) and If-None-Match. The answer is 304, or the same element again
// (alone or inside a whole page) with its new ETag in the header. Focus, ticks and scroll stay.

export function keepFresh() {
  const list = document.querySelector("[data-refresh]")
  if (!list?.id || !window.htmx) return
  const seconds = Number(list.dataset.refreshSeconds) || 15
  const state = { etag: list.dataset.etag ?? "", isAsking: false, hasFailed: false, isOver: false, askedAt: Date.now() }
  const ask = () => {
    if (document.visibilityState === "visible" && !state.isAsking && !state.isOver) return refresh(list.id, state)
  }
  setInterval(ask, seconds * 1000)
  // Back from another tab: what is on the screen may be old.
  document.addEventListener("visibilitychange", () => {
    if (Date.now() - state.askedAt >= seconds * 1000) ask()
  })
  document.addEventListener("deskbell:refresh", ask)
}

async function refresh(id, state) {
  const list = document.getElementById(id)
  state.isAsking = true
  state.askedAt = Date.now()
  try {
    const headers = { "HX-Request": "true", "X-Deskbell-Polling": "1", Accept: "text/html" }
    if (state.etag) headers["If-None-Match"] = state.etag
    const answer = await fetch(list.dataset.refresh || location.href, { headers, cache: "no-store", credentials: "same-origin", signal: AbortSignal.timeout(10_000) })
    if (answer.redirected || answer.status === 401 || answer.status === 403 || answer.status === 404) {
      state.isOver = true
      return say("This list is no longer refreshed: you may have been signed out. Load the page again.")
    }
    if (answer.ok) {
      await show(id, await answer.text())
      state.etag = answer.headers.get("ETag") ?? ""
    } else if (answer.status !== 304) throw new Error(String(answer.status))
    if (state.hasFailed) say("")
    state.hasFailed = false
  } catch {
    if (!state.hasFailed) say(`Not refreshed since ${clockTime()}. Trying again by itself.`)
    state.hasFailed = true
  } finally {
    state.isAsking = false
  }
}

async function show(id, text) {
  const list = document.getElementById(id)
  const rows = [...list.querySelectorAll("[data-row]")]
  const place = rows.findIndex((row) => row.contains(document.activeElement))
  await window.htmx.swap({ text, target: list, sourceElement: list, select: `#${CSS.escape(id)}`, swap: "outerMorph ignoreTitle:true" })
  if (place !== -1 && document.activeElement === document.body) keepPlace(id, place)
  document.dispatchEvent(new CustomEvent("deskbell:refreshed"))
}

// The row with the focus has gone: the one that took its place is next to be read.
function keepPlace(id, place) {
  const rows = document.getElementById(id).querySelectorAll("[data-row]")
  rows[Math.min(place, rows.length - 1)]?.querySelector("a[data-open]")?.focus({ preventScroll: true })
}

function say(sentence) {
  const note = document.querySelector("[data-refresh-note]")
  if (note) note.textContent = sentence
}

function clockTime() {
  return new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })
}
