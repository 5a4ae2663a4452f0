COPY public.users (id, username, email, email_verified, phone, first_name, last_name, dob, encrypted_password, is_active, updated_at) FROM stdin;
7	ann.lee	Ann.Lee@example.com	t	+12015550123	Łukasz "Łuki", O'Brien\nSmith 🦄	Null	1985-02-01	$2y$10$v0EI7ftrsGtLgtmkjXHhAebRSbeXiUUElFkwK5TaqSvh3tvPoQ3HC	t	2031-02-03 14:05:06.123+10
8	bob	bob@example.com	t	\N	مرحبا بالعالم	🦄👩‍👩‍👧	\N	\N	f	\N
9	cid	\N	f	\N	tab\there	back\\slash\\	1985-02-31	$2b$13$X1QS4SNKmfx7SSYtPAsD9urqTiElzTb9zyOdkaSHy08mAIeaDKogq	t	\N
10	dan	dan@example.com	t
\.
