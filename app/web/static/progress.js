// A page that shows how far a piece of work is: asked again every two seconds, and drawn anew when
// the work is done. Without it the page has a link that does the same.
const bar = document.querySelector("[data-progress]")

async function look() {
  try {
    const answer = await fetch(location.href, { headers: { "X-Deskbell-Polling": "1" } })
    const page = new DOMParser().parseFromString(await answer.text(), "text/html")
    const now = page.querySelector("[data-progress]")
    if (!answer.ok || !now) return location.reload()
    const [there, here] = [now, bar].map((one) => one.querySelector("progress"))
    if (there.hasAttribute("value")) here.setAttribute("value", there.getAttribute("value"))
    const words = now.querySelector("[data-progress-words]").textContent
    bar.querySelector("[data-progress-words]").textContent = words
  } catch {
    // Away for a moment: asked again.
  }
  setTimeout(look, 2000)
}

if (bar) setTimeout(look, 1000)
