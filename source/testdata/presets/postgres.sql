COPY public.users (id, username, email, email_verified, phone, first_name, last_name, dob, encrypted_password, is_active, updated_at) FROM stdin;
7	ann.lee	Ann.Lee@example.com	t	+12015550123	Ann	Null	1985-02-01	$2a$10$abc	f	2031-02-03 14:05:06.123+10
8	bob	\N	f	\N	Bob	\N	\N	\N	t	\N
\.
