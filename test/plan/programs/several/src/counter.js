// State of a module, which a run must never find from the run before.
let count = 0;
exports.next = () => ++count;
