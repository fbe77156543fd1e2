"""`simsurance completion`: what a shell needs to complete names of commands and of their options."""

import click

from simsurance.cli.terminal import tell

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_SIMSURANCE_COMPLETE"
"""The variable by which a shell asks click for completions."""


HELP = """Print the completion of SHELL, to be read at its start.

\b
bash:  simsurance completion bash > ~/.simsurance-complete.bash
       echo '. ~/.simsurance-complete.bash' >> ~/.bashrc
zsh:   simsurance completion zsh > ~/.simsurance-complete.zsh
       echo '. ~/.simsurance-complete.zsh' >> ~/.zshrc
fish:  simsurance completion fish > ~/.config/fish/completions/simsurance.fish
"""


@click.command(help=HELP)
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    """Print the completion of a shell."""
    from click.shell_completion import get_completion_class

    from simsurance.cli import main

    found = get_completion_class(shell)
    assert found is not None
    tell(found(main, {}, "simsurance", VARIABLE).source())
