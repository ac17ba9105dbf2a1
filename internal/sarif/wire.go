package sarif

import "encoding/json"

// The wire types hold those properties of SARIF objects that matter here. A
// property with a value of the wrong type is left at zero, and the rest read.

type wireTool struct {
	Driver     wireComponent   `json:"driver"`
	Extensions []wireComponent `json:"extensions"`
}

type wireComponent struct {
	Name            string                 `json:"name"`
	GUID            string                 `json:"guid"`
	Version         string                 `json:"version"`
	SemanticVersion string                 `json:"semanticVersion"`
	Rules           []wireRule             `json:"rules"`
	GlobalMessages  map[string]wireMessage `json:"globalMessageStrings"`
	byID            map[string]int         // first rule of each id
}

type wireRule struct {
	ID               string                 `json:"id"`
	GUID             string                 `json:"guid"`
	Name             string                 `json:"name"`
	ShortDescription wireMessage            `json:"shortDescription"`
	FullDescription  wireMessage            `json:"fullDescription"`
	Messages         map[string]wireMessage `json:"messageStrings"`
	Default          wireConfiguration      `json:"defaultConfiguration"`
	HelpURI          string                 `json:"helpUri"`
	Properties       wireProperties         `json:"properties"`
	Relationships    []struct {
		Target wireReference `json:"target"`
	} `json:"relationships"`
}

type wireConfiguration struct {
	Level string `json:"level"`
}

// wireProperties are names that tools agree on without a standard: GitHub's and
// CodeQL's for the most part.
type wireProperties struct {
	SecuritySeverity any      `json:"security-severity"` // a number, mostly as a string
	Tags             []string `json:"tags"`
	Precision        string   `json:"precision"`
	Confidence       string   `json:"confidence"`
	Category         string   `json:"category"`
	CWE              words    `json:"cwe"`
}

// words is a text or a list of texts: tools write "cwe" either way.
type words []string

func (w *words) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*w = words{one}
		return nil
	}
	var many []string
	if err := json.Unmarshal(data, &many); err != nil {
		return nil // another form, which says nothing that is understood
	}
	*w = many
	return nil
}

// wireReference is a reportingDescriptorReference (section 3.52).
type wireReference struct {
	ID        string `json:"id"`
	Index     *int   `json:"index"`
	GUID      string `json:"guid"`
	Component struct {
		Name  string `json:"name"`
		Index *int   `json:"index"`
		GUID  string `json:"guid"`
	} `json:"toolComponent"`
}

type wireMessage struct {
	Text      string   `json:"text"`
	Markdown  string   `json:"markdown"`
	ID        string   `json:"id"`
	Arguments []string `json:"arguments"`
}

type wireArtifactLocation struct {
	URI       string `json:"uri"`
	URIBaseID string `json:"uriBaseId"`
	Index     *int   `json:"index"`
}

type wireRegion struct {
	StartLine   int         `json:"startLine"`
	StartColumn int         `json:"startColumn"`
	EndLine     int         `json:"endLine"`
	EndColumn   int         `json:"endColumn"`
	CharOffset  *int        `json:"charOffset"`
	Snippet     wireMessage `json:"snippet"`
}

type wireLocation struct {
	Physical struct {
		Artifact wireArtifactLocation `json:"artifactLocation"`
		Region   wireRegion           `json:"region"`
		Context  struct {
			Snippet wireMessage `json:"snippet"`
		} `json:"contextRegion"`
	} `json:"physicalLocation"`
	Logical []struct {
		FullName string `json:"fullyQualifiedName"`
		Name     string `json:"name"`
	} `json:"logicalLocations"`
}

type wireResult struct {
	RuleID       string            `json:"ruleId"`
	RuleIndex    *int              `json:"ruleIndex"`
	Rule         wireReference     `json:"rule"`
	Kind         string            `json:"kind"`
	Level        string            `json:"level"`
	Message      wireMessage       `json:"message"`
	Locations    []wireLocation    `json:"locations"`
	Fingerprints map[string]string `json:"fingerprints"`
	Partial      map[string]string `json:"partialFingerprints"`
	Suppressions []struct {
		Status        string `json:"status"`
		Justification string `json:"justification"`
	} `json:"suppressions"`
	BaselineState string         `json:"baselineState"`
	Properties    wireProperties `json:"properties"`
	Fixes         []struct {
		Description wireMessage `json:"description"`
	} `json:"fixes"`
	Provenance struct {
		Invocation *int `json:"invocationIndex"`
	} `json:"provenance"`
}

type wireInvocation struct {
	Successful       *bool                `json:"executionSuccessful"`
	Ended            string               `json:"endTimeUtc"`
	Started          string               `json:"startTimeUtc"`
	ExitDescription  string               `json:"exitCodeDescription"`
	WorkingDirectory wireArtifactLocation `json:"workingDirectory"`
	Execution        []wireNotification   `json:"toolExecutionNotifications"`
	Configuration    []wireNotification   `json:"toolConfigurationNotifications"`
	Overrides        []struct {
		Configuration wireConfiguration `json:"configuration"`
		Descriptor    wireReference     `json:"descriptor"`
	} `json:"ruleConfigurationOverrides"`
}

type wireNotification struct {
	Level     string         `json:"level"`
	Message   wireMessage    `json:"message"`
	Locations []wireLocation `json:"locations"`
}

type wireProvenance struct {
	MappedTo wireArtifactLocation `json:"mappedTo"`
}
