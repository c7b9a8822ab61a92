-- Plays a person in Neovim who copied lsp/greenline.lua and nothing else: the code action on the first gap writes a test.
local stage = dofile((debug.getinfo(1, 'S').source:sub(2):gsub('[^/]+$', 'neovim_stage.lua')))
local input, told, wait_for = stage.input, stage.told, stage.wait_for

local function play()
  assert(not pcall(require, 'greenline'), 'nothing else is installed')
  stage.open(input.file)
  wait_for('diagnostics', function()
    return #vim.diagnostic.get(0) > 0
  end)
  local before = #vim.diagnostic.get(0)
  for _, diagnostic in ipairs(vim.diagnostic.get(0)) do
    vim.api.nvim_win_set_cursor(0, { diagnostic.lnum + 1, diagnostic.col })
    stage.take_action('^' .. vim.pesc(input.title) .. '$')
  end
  wait_for('the test file', function()
    return vim.fn.filereadable(input.test_file) == 1
  end)
  wait_for('fewer gaps', function()
    return #vim.diagnostic.get(0) < before
  end)
  told.step = 'done'
end

stage.run(play)
