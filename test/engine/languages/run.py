"""Runs the engine once on the Python program of the working directory: `run.py preview|up|unchanged|destroy <project> <stack>`.

Pulumi's language host for Python is no module that a proxy serves. Its SDK's own Automation API gives the engine the same
program, so that all but the starting of the interpreter is what a user's `pulumi up` does.
"""

import os
import runpy
import sys

from pulumi import automation


def program() -> None:
    runpy.run_path("__main__.py", run_name="__main__")


operation, project, stack_name = sys.argv[1:]
stack = automation.create_or_select_stack(
    stack_name=stack_name,
    project_name=project,
    program=program,
    opts=automation.LocalWorkspaceOptions(work_dir=os.getcwd()),
)
{
    "preview": lambda: stack.preview(on_output=print),
    "up": lambda: stack.up(on_output=print),
    "unchanged": lambda: stack.up(on_output=print, expect_no_changes=True),
    "destroy": lambda: stack.destroy(on_output=print),
}[operation]()
