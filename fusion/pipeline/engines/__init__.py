"""Ways to run the network: ``engine`` says what each must answer to. An accelerated copy, recorded CUDA graphs."""
