// One click at the service is enough: the provider's question is answered by itself. Without scripts there is the button.
document.getElementById("sign-out").click();
