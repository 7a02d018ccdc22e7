// A picture on the clipboard, pasted anywhere into a form that takes files, joins its file input.
//
//   <div data-upload> with <input type="file" multiple>      one in a form
//
// What was added is said in a live region by name; text that is pasted stays what it is.

export function takePastedPictures() {
  for (const part of document.querySelectorAll("[data-upload]")) listen(part)
}

function listen(part) {
  const input = part.querySelector("input[type=file][multiple]")
  const form = input?.form
  if (!form || typeof DataTransfer !== "function") return
  const said = document.createElement("p")
  said.className = "govuk-hint desk-upload__said"
  said.setAttribute("role", "status")
  input.after(said)
  const hint = document.createElement("p")
  hint.className = "govuk-hint desk-upload__paste"
  hint.textContent = "You can also paste a screenshot into this form (Ctrl and V)."
  said.after(hint)
  form.addEventListener("paste", (event) => {
    const pictures = picturesOf(event.clipboardData)
    if (!pictures.length) return
    event.preventDefault()
    const all = new DataTransfer()
    for (const file of input.files) all.items.add(file)
    for (const file of pictures) all.items.add(named(file, all.files.length + 1))
    input.files = all.files
    input.dispatchEvent(new Event("change", { bubbles: true }))
  })
  input.addEventListener("change", () => {
    said.textContent = sentence([...input.files].map((file) => file.name))
  })
}

// A picture copied together with text (a cell, a web page) is text to whoever pastes it.
function picturesOf(clipboard) {
  if (!clipboard || [...clipboard.types].includes("text/plain")) return []
  return [...clipboard.files].filter((file) => file.type.startsWith("image/"))
}

// Browsers call each of them image.png.
function named(file, number) {
  if (file.name && file.name !== "image.png") return file
  const ending = file.type === "image/jpeg" ? "jpg" : file.type.split("/")[1].replace(/[^a-z0-9]/g, "")
  return new File([file], `screenshot-${number}.${ending}`, { type: file.type })
}

function sentence(names) {
  if (!names.length) return ""
  return names.length === 1 ? `1 file will be sent: ${names[0]}` : `${names.length} files will be sent: ${names.join(", ")}`
}
