// The probe's start at a path that a shell or systemd may read as something else.
import "../../../main.mjs";
