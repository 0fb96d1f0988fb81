// Puts the name and password of a demonstration account into the form; the person still presses the button.
for (const button of document.querySelectorAll("[data-fill-name]")) {
  button.addEventListener("click", () => {
    document.getElementById("username").value = button.dataset.fillName;
    document.getElementById("password").value = button.dataset.fillPassword;
    document.querySelector("form.form button[type=submit]").focus();
  });
}
