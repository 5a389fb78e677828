package demo

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"torhaus/internal/app"
	"torhaus/internal/register"
)

// fromRegister is an export of the body's register: members who have not asked for a password yet.
const fromRegister = `number,user-name,salutation,title,first-name,last-name,extra,street,postcode,town,email
71.204-5,sbergmann,Frau,Dr. med.,Sophie,Bergmann,Praxis am Markt,Marktplatz 3,91054,Erlangen,sbergmann@praxis.example
71.204-6,svbergmann,Herr,Dr. med.,Sven,Bergmann,,Marktplatz 3,91054,Erlangen,svbergmann@praxis.example
71.311-0,kmueller,Herr,,Karl,Müller,Praxis Müller,Domplatz 1,97070,Würzburg,kmueller@praxis.example
`

// importRegister brings members into a portal as the body does.
func importRegister(ctx context.Context, portal *app.Portal) error {
	sum, err := portal.Members.Import(ctx, strings.NewReader(fromRegister), register.Options{
		Format: register.CSV, Apply: true, Report: func(register.Line) error { return nil },
	})
	if err == nil && !sum.Applied {
		err = errors.New("rows were refused")
	}
	if err != nil {
		return fmt.Errorf("the demo's register: %w", err)
	}
	return nil
}
