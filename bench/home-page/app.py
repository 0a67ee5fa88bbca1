"""The same page by Flask: a Jinja template of the same size, with the values that ours has filled in."""
import os

from flask import Flask, render_template

app = Flask(__name__, template_folder=os.environ["TEMPLATES"])


@app.get("/")
def home():
    return render_template("home.html", title="Annotate your variants", free="150 KB", retention="30 minutes")
