"""The page without a server: a folder of files in which the browser itself runs the network."""
