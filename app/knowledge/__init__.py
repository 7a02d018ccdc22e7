"""What is known: resolutions, workarounds and known errors, a school's own and the LA's."""
