/** Leave fields that hold nothing out of the addresses that forms lead to. */
function leaveOutEmpty(event: FormDataEvent): void {
  for (const [name, value] of [...event.formData]) {
    if (value !== "") continue;
    const filled = event.formData.getAll(name).filter((item) => item !== "");
    event.formData.delete(name);
    for (const item of filled) event.formData.append(name, item);
  }
}

for (const form of document.querySelectorAll<HTMLFormElement>('form[method="get"]')) {
  form.addEventListener("formdata", leaveOutEmpty);
}
