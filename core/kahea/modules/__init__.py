"""What a module is: declarations, kinds of arguments, the loader, services and hook specifications."""
