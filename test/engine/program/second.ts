/** A service's code after an edit. */
console.log("second");
