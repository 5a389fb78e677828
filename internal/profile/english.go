package profile

// English has the profile's words on English pages, where they differ. Names that members know, such as „Meine KVB“ and
// „Token-Verwaltung“, stay as they are. What is left out stays German.
type English struct {
	Hours           []string `yaml:"hours" doc:"support.hours" optional:"true"`
	PublicCategory  string   `yaml:"public-category" doc:"portal.public-category" optional:"true"`
	MemberCategory  string   `yaml:"member-category" doc:"portal.member-category" optional:"true"`
	UserNameLabel   string   `yaml:"user-name-label" doc:"login.user-name-label, in small letters as within a sentence" optional:"true"`
	PasswordLabel   string   `yaml:"password-label" doc:"login.password-label, likewise" optional:"true"`
	OneTimePassword string   `yaml:"one-time-password-label" doc:"password.one-time.label, likewise" optional:"true"`
	ActivationCode  string   `yaml:"activation-code-label" doc:"token.activation-code.label, likewise" optional:"true"`
	ContactCode     string   `yaml:"contact-code-label" doc:"contact.code-label, likewise" optional:"true"`
	AppWords        []string `yaml:"app-words" doc:"token.soft.app-words" optional:"true"`
	Member          string   `yaml:"member-label" doc:"people.member-label, likewise" optional:"true"`
	MemberNumber    string   `yaml:"number-label" doc:"people.number-label, likewise" optional:"true"`
	Administrator   string   `yaml:"administrator-label" doc:"people.administrator-label, likewise" optional:"true"`
	Clerk           string   `yaml:"clerk-label" doc:"people.clerk-label, likewise" optional:"true"`
	DataCentre      string   `yaml:"data-centre-label" doc:"people.data-centre-label, likewise" optional:"true"`
	MailedCode      string   `yaml:"mailed-code-label" doc:"people.mailed-code.label, likewise" optional:"true"`
	LegalForm       string   `yaml:"legal-form" doc:"legal.form" optional:"true"`
	Representative  string   `yaml:"represented-by" doc:"legal.represented-by" optional:"true"`
	Officer         string   `yaml:"data-protection-officer" doc:"legal.data-protection.officer.name" optional:"true"`
	Basis           string   `yaml:"data-protection-basis" doc:"legal.data-protection.basis" optional:"true" accept:"sentence"`
	Law             string   `yaml:"accessibility-law" doc:"legal.accessibility.law" optional:"true"`
	Gaps            []string `yaml:"accessibility-gaps" doc:"legal.accessibility.gaps" optional:"true" accept:"sentence"`
}

// In gives the profile with its words in a language: "de", "en". Figures and names are the same in all.
func (p *Profile) In(lang string) *Profile {
	if lang != "en" {
		return p
	}
	in, e := *p, p.English
	for _, w := range []struct {
		word    *string
		english string
	}{
		{&in.Portal.PublicCategory, e.PublicCategory},
		{&in.Portal.MemberCategory, e.MemberCategory},
		{&in.Login.UserNameLabel, e.UserNameLabel},
		{&in.Login.PasswordLabel, e.PasswordLabel},
		{&in.Password.OneTime.Label, e.OneTimePassword},
		{&in.Token.Code.Purpose, e.ActivationCode},
		{&in.Contact.CodeLabel, e.ContactCode},
		{&in.People.Member, e.Member},
		{&in.People.NumberLabel, e.MemberNumber},
		{&in.People.Administrator, e.Administrator},
		{&in.People.Clerk, e.Clerk},
		{&in.People.DataCentre, e.DataCentre},
		{&in.People.Code.Label, e.MailedCode},
		{&in.Legal.Form, e.LegalForm},
		{&in.Legal.RepresentedBy, e.Representative},
		{&in.Legal.DataProtection.Officer.Name, e.Officer},
		{&in.Legal.DataProtection.Basis, e.Basis},
		{&in.Legal.Accessibility.Law, e.Law},
	} {
		if w.english != "" {
			*w.word = w.english
		}
	}
	if len(e.Hours) > 0 {
		in.Support.Hours = e.Hours
	}
	if len(e.AppWords) > 0 {
		in.Token.Soft.AppWords = e.AppWords
	}
	if len(e.Gaps) > 0 {
		in.Legal.Accessibility.Gaps = e.Gaps
	}
	return &in
}
