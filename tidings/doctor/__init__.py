"""The checks of `tidings doctor`: each looks at one thing and says in plain words what it found."""
