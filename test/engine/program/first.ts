/** A service's code before an edit. */
console.log("first");
