package backend

import (
	"context"

	"github.com/cognito-import/importjob/userpool"
)

type checkedPasswords struct{ p userpool.Passwords }

func (k checkedPasswords) SetPassword(ctx context.Context, ref userpool.Ref, password string, permanent bool) error {
	return done(ctx, userpool.OpSetPassword, pool(ref.UserPoolID), firstOf(ref.Validate(), userpool.ValidatePassword(password)),
		func() error { return k.p.SetPassword(ctx, ref, password, permanent) })
}

// VerifyPassword takes every password, since the hash of any text can be imported.
func (k checkedPasswords) VerifyPassword(ctx context.Context, ref userpool.Ref, password string) (userpool.User, error) {
	return checked(ctx, userpool.OpVerifyPassword, pool(ref.UserPoolID), ref.Validate(),
		func() (userpool.User, error) { return k.p.VerifyPassword(ctx, ref, password) })
}

func (k checkedPasswords) ForgotPassword(ctx context.Context, ref userpool.Ref) (userpool.Code, error) {
	return checked(ctx, userpool.OpForgotPassword, pool(ref.UserPoolID), ref.Validate(),
		func() (userpool.Code, error) { return k.p.ForgotPassword(ctx, ref) })
}

func (k checkedPasswords) ConfirmForgotPassword(ctx context.Context, ref userpool.Ref, code, password string) error {
	return done(ctx, userpool.OpConfirmForgotPassword, pool(ref.UserPoolID), ValidateConfirmForgotPassword(ref, code, password),
		func() error { return k.p.ConfirmForgotPassword(ctx, ref, code, password) })
}

func (k checkedPasswords) ResetPassword(ctx context.Context, ref userpool.Ref) (userpool.Code, error) {
	return checked(ctx, userpool.OpResetPassword, pool(ref.UserPoolID), ref.Validate(),
		func() (userpool.Code, error) { return k.p.ResetPassword(ctx, ref) })
}

func (k checkedPasswords) SRPVerifier(ctx context.Context, ref userpool.Ref) (userpool.SRPVerifier, error) {
	return checked(ctx, userpool.OpSRPVerifier, pool(ref.UserPoolID), ref.Validate(),
		func() (userpool.SRPVerifier, error) { return k.p.SRPVerifier(ctx, ref) })
}
