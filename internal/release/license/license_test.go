package license

import (
	"strings"
	"testing"
)

func TestIdentify(t *testing.T) {
	tests := map[string]string{
		"": "", " \n\t": "",
		"All rights reserved. Ask us.":                                                                                Custom,
		"# Apache License\n\n**Version 2.0**, January 2004":                                                           "Apache-2.0",
		"GNU GENERAL PUBLIC LICENSE\n   Version 3, 29 June 2007":                                                      "GPL-3.0",
		"GNU GENERAL PUBLIC LICENSE\n   Version 2, June 1991":                                                         "GPL-2.0",
		"GNU AFFERO GENERAL PUBLIC LICENSE\nVersion 3, 19 November 2007":                                              "AGPL-3.0",
		"GNU LESSER GENERAL PUBLIC LICENSE\nVersion 2.1, February 1999":                                               "LGPL-2.1",
		"Mozilla Public License Version 2.0":                                                                          "MPL-2.0",
		"Business Source License 1.1\nChange License: MPL 2.0":                                                        "BUSL-1.1",
		"Redistribution and use in source and binary\n forms":                                                         "BSD-2-Clause",
		"Redistribution and use in source and binary forms; nor endorse or promote products":                          "BSD-3-Clause",
		"Permission is hereby granted, free of charge … The above copyright notice and this\npermission notice shall": "MIT",
		"Permission is hereby granted, free of charge, to any person.":                                                "MIT-0",
		"Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted, provided that the above copyright": "ISC",
		"This is free and unencumbered software released into the public domain.":                                                                                   "Unlicense",
		"Permission is hereby granted, free of charge … the above copyright notice and this permission notice … Bundled: Apache License, Version 2.0":               "MIT",
		"CC0 1.0 Universal": "CC0-1.0",
	}
	for text, want := range tests {
		if got := Identify(text); got != want {
			t.Errorf("Identify(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestAgree(t *testing.T) {
	tests := []struct {
		expression, texts string
		want              bool
	}{
		{"MIT", "MIT", true},
		{"MIT", "GPL-3.0", false},
		{"MIT OR Apache-2.0", "Apache-2.0", true},
		{"(MIT OR Apache-2.0)", "GPL-2.0", false},
		{"MIT/Apache-2.0", "MIT,Apache-2.0", true},
		{"GPL-3.0-or-later", "GPL-3.0", true},
		{"GPL-2.0+", "GPL-2.0", true},
		{"Apache License, Version 2.0", "MIT", false},
		{"SEE LICENSE IN LICENSE.md", "MIT", true}, // says nothing that can be held against it
		{"MIT", Custom, true},
		{"MIT", "", true},
	}
	for _, tt := range tests {
		if got := Agree(tt.expression, strings.Split(tt.texts, ",")); got != tt.want {
			t.Errorf("Agree(%q, %q) = %v", tt.expression, tt.texts, got)
		}
	}
}
